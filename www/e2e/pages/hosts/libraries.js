// A page with libraries from before these functions were part of the language, which put their own in the place.
Array.from = (items) => {
  const all = new Array(items?.length ?? 0);
  for (let i = 0; i < all.length; i += 1) all[i] = items[i];
  return all;
};
Array.prototype.toJSON = function toJSON() { return "[]"; };
Object.prototype.toJSON = function toJSON() { return "{}"; };
JSON.stringify = () => { throw new Error("patched"); };
