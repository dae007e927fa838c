// The one place that touches the page's cookies.

/** Writes a cookie for this host alone, or removes it. False where the browser would not take it. */
export function writeCookie(name: string, value: string | null, seconds: number): boolean {
  try {
    if (typeof document === "undefined") return false;
    const rest = value === null ? "=; Max-Age=0" : `=${value}; Max-Age=${seconds}`;
    document.cookie = `${name}${rest}; Path=/; Secure; SameSite=Lax`;
    const there = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
    return value === null ? there === undefined : there === `${name}=${value}`;
  } catch {
    // A sandboxed frame may not even look.
    return false;
  }
}
