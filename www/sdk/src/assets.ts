// The way in: the book and the modules. With transport.ts, the way out, the only file with a network.

/** Fetches the book or a module. The answer may be any status. */
export const get = (address: URL | string): Promise<Response> => fetch(address);
