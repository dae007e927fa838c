/** The same object, without what somebody may have put on the prototype of all objects: nobody but the caller sets an
 * option, ours or the browser's. */
export const bare = <T extends object>(own: T): T => Object.assign(Object.create(null) as T, own);
