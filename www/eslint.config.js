// One set of rules for the workspace. Beside the usual ones: each power of a page is used in one
// named file, so that a reviewer knows where to look.
import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

// Files of the SDK that may use a power which is closed to all others.
const NETWORK = ["sdk/src/assets.ts", "sdk/src/transport.ts"];
const STORAGE = ["sdk/src/storage.ts", "sdk/src/head.snippet.ts", "sdk/src/cookie.ts"];

const network = ["fetch", "XMLHttpRequest", "WebSocket", "WebTransport", "EventSource", "RTCPeerConnection"];
const storage = ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"];

const why = (where) => `only ${where.join(" and ")} may use this`;
const closed = [
  ...network.map((name) => ({ name, where: NETWORK })),
  ...storage.map((name) => ({ name, where: STORAGE })),
];
const properties = [
  { object: "navigator", property: "sendBeacon", where: NETWORK },
  { object: "document", property: "cookie", where: STORAGE },
];
const hosts = ["globalThis", "window", "self"];

/** The rules that close every power but those of the file that `open` names. */
function powers(open) {
  const globalNames = closed.filter(({ where }) => where !== open);
  return {
    "no-restricted-globals": ["error", ...globalNames.map(({ name, where }) => ({ name, message: why(where) }))],
    "no-restricted-properties": [
      "error",
      ...properties
        .filter(({ where }) => where !== open)
        .map(({ object, property, where }) => ({ object, property, message: why(where) })),
      ...globalNames.flatMap(({ name, where }) =>
        hosts.map((object) => ({ object, property: name, message: why(where) })),
      ),
    ],
  };
}

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "sdk/wasm/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic],
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // The compiler sees to it (noUnusedLocals).
      "@typescript-eslint/no-unused-vars": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
      // The other side of noUncheckedIndexedAccess.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
    },
  },
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-console": "off",
    },
  },
  { files: ["sdk/src/**/*.ts"], rules: powers(undefined) },
  { files: NETWORK, rules: powers(NETWORK) },
  { files: STORAGE, rules: powers(STORAGE) },
  {
    files: ["**/*.mjs", "**/*.js"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  { files: ["smoke/sites/**/*.js"], languageOptions: { globals: { fewbits: "readonly" }, parserOptions: { ecmaFeatures: { jsx: true } } } },
  { files: ["demo/src/**/*.{js,ts}"], languageOptions: { globals: globals.browser } },
);
