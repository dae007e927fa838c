// A browser that lets storage be read, and refuses each write.
Storage.prototype.setItem = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};
