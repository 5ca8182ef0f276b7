// @ts-check
'use strict';

/** The rooms of `src/`, floor by floor. Each names only rooms below its own; those of one floor do not know each other. */
const FLOORS = [['errands', 'failure', 'runtime', 'sas'], ['tls'], ['transport'], ['probe', 'session']];

/**
 * @param {import('./sources').Sources} sources
 * @returns {string[]} What in `src/` reaches upwards or sideways.
 */
function coreRoomFaults(sources) {
  return sources
    .files('src', /\.rs$/)
    .filter((file) => file !== 'src/lib.rs')
    .flatMap((file) => {
      const room = roomOf(file);
      const floor = floorOf(room);
      if (floor < 0) return [`${file} lies in no room that scripts/checks/core_rooms.js knows`];
      return namedIn(sources.read(file))
        .filter((named) => named !== room && floorOf(named) >= floor)
        .map((named) => `${file} names ${named}, which is not below ${room}`);
    });
}

/** @param {string} file */
function roomOf(file) {
  return file.split('/')[1].replace(/\.rs$/, '');
}

/** @param {string} room */
function floorOf(room) {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

/**
 * @param {string} text
 * @returns {string[]} The rooms it names, alone (`crate::tls`) or in a list (`crate::{tls, sas}`).
 */
function namedIn(text) {
  const lists = Array.from(text.matchAll(/\bcrate::\{([^}]*)/g), ([, list]) => list.split(','));
  const alone = Array.from(text.matchAll(/\bcrate::(\w+)/g), ([, room]) => room);
  return [...new Set([...alone, ...lists.flat().map((named) => named.trim().split('::')[0])])].filter(
    Boolean,
  );
}

module.exports = { coreRoomFaults };
