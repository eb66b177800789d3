// Loaded before the compiled tests. node:test follows every promise of a test, to say which test an error that nobody
// caught belongs to. That takes an eighth of the time of tests that wait for much. Without it such an error fails the file,
// with its message, and `npm test -- FILE`, which doesn't load this, names the test.
const hooks = require("node:async_hooks");

const nothing = { enable: () => nothing, disable: () => nothing };
hooks.createHook = () => nothing;
