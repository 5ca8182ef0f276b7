// @ts-check
'use strict';

// A Node process that does nothing: what a client's memory is counted from.

setTimeout(() => {
  process.stdout.write(`${JSON.stringify({ rssBytes: process.memoryUsage().rss })}\n`);
}, 500);
