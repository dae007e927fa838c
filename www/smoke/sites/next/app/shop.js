"use client";

import { useEffect } from "react";
import { visit } from "./visit.js";

export function Shop() {
  useEffect(() => { visit("/shop.book.fbk"); }, []);
  return <h1>Welcome</h1>;
}
