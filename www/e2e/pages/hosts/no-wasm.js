// A browser without WebAssembly, such as one in iOS's Lockdown Mode.
delete window.WebAssembly;
