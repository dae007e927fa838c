import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Link, Navigate, Outlet, RouterProvider } from "react-router";
import { bindDom } from "/lab/sdk/dom.js";
import { FewbitsProvider, Slot, useFewbits, useSegments } from "fewbits/react";
import { startRoutes } from "../start.js";

/** The attributes of what the router brings in, beside the hooks. */
function Attributes() {
  const fb = useFewbits();
  useEffect(() => fb ? bindDom(fb) : undefined, [fb]);
  return null;
}
const Frame = () => (
  <>
    <Attributes />
    <nav><Link id="home" to="/">Home</Link> <Link id="shelf" to="/shelf">Shelf</Link> <Link id="old" to="/old">Old</Link></nav>
    <p id="segments">{useSegments().join(" ")}</p>
    <Outlet />
  </>
);
const Home = () => <><h1>Home</h1><Slot name="hero" as="section" id="hero" variants={{ winter: <h2>Winter boots</h2> }}><h2>Welcome</h2></Slot></>;
const Shelf = () => <><h1>Shelf</h1><p id="show" data-fewbits-show="visit/walk" hidden>You walk.</p></>;

const router = createBrowserRouter([{
  path: "/", element: <Frame />,
  children: [{ index: true, element: <Home /> }, { path: "shelf", element: <Shelf /> }, { path: "old", element: <Navigate to="/shelf" replace /> }],
}], { basename: "/frameworks/router-react" });
const root = createRoot(document.querySelector("#app"));
root.render(<StrictMode><FewbitsProvider fewbits={startRoutes}><RouterProvider router={router} /></FewbitsProvider></StrictMode>);
window.end = () => root.unmount();
