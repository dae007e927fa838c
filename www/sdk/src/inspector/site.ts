// What a page may say to the inspector.

export type View = "visitor" | "reviewer" | "developer";

/** The site's own names, by what the book calls things: `"interest/boots"` for a segment or group. */
export interface SiteWords {
  readonly signals?: Readonly<Record<string, string>>;
  /** Why a signal is kept, if the site wants to say so. */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly segments?: Readonly<Record<string, string>>;
  readonly events?: Readonly<Record<string, string>>;
  /** Items of lists and values of tags. */
  readonly items?: Readonly<Record<string, string>>;
  readonly slots?: Readonly<Record<string, string>>;
  readonly variants?: Readonly<Record<string, string>>;
}
