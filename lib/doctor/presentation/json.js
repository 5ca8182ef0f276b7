// @ts-check
'use strict';

/**
 * The report and nothing else, as JSON.
 *
 * @param {{ write(text: string): unknown }} stream
 * @returns {import('../command').Presentation}
 */
function jsonPresentation(stream) {
  return {
    progress() {},
    end: (diagnosis) => {
      stream.write(JSON.stringify(diagnosis, null, 2) + '\n');
    },
  };
}

module.exports = { jsonPresentation };
