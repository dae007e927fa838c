// A browser whose storage is there and holds nothing, as Safari's private mode was.
Storage.prototype.setItem = () => {
  throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
};
