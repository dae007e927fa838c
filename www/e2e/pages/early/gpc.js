// A browser whose visitor has switched on Global Privacy Control, for engines that have no such switch.
Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
