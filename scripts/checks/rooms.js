// @ts-check
'use strict';

const { resolve } = require('./sources');

/** The rooms of `lib/`, from the ground up. A room names only rooms on floors below its own. */
const FLOORS = [
  ['turns', 'vocabulary'],
  ['c2d', 'message', 'native', 'plumbing'],
  ['failures', 'methods', 'twin'],
  ['connection', 'identity', 'proxy', 'session', 'tls'],
  ['authentication', 'https'],
  ['uploads'],
  ['client', 'mqtt'],
  ['compat', 'device', 'doctor'],
];

/** @type {Map<string, number>} */
const floorOf = new Map(FLOORS.flatMap((rooms, floor) => rooms.map((room) => [room, floor])));

/**
 * @param {import('./sources').Sources} sources
 * @returns {string[]} Who lives in no room, who names a room that is not below his own, and who goes in circles.
 */
function roomFaults(sources) {
  const files = sources.files('lib', /\.m?js$/).filter((file) => file !== 'lib/native/binding.js');
  return [...files.flatMap((file) => orderFaults(sources, file)), ...circles(sources, files)];
}

/**
 * @param {import('./sources').Sources} sources
 * @param {string} file
 */
function orderFaults(sources, file) {
  const room = roomOf(file);
  const floor = floorOf.get(room);
  if (floor === undefined) return [`${file} lies in no room that scripts/checks/rooms.js knows`];
  return sources.names(file).flatMap((name) => {
    const target = name.startsWith('.') ? resolve(file, name) : '';
    if (!target.startsWith('lib/') || roomOf(target) === room) return [];
    const below = floorOf.get(roomOf(target));
    if (below !== undefined && below < floor) return [];
    return [`${file} names ${target}: ${roomOf(target)}/ is not below ${room}/`];
  });
}

/** @param {string} file @returns {string} `''` for one that lies beside the rooms. */
function roomOf(file) {
  const [, room, ...inside] = file.split('/');
  return inside.length > 0 ? room : '';
}

/**
 * @param {import('./sources').Sources} sources
 * @param {string[]} files
 * @returns {string[]} One for each file at which a path of imports comes back to where it was.
 */
function circles(sources, files) {
  const known = new Map(files.map((file) => [file.replace(/\.js$/, ''), file]));
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const found = [];
  /** @param {string} file @param {string[]} way */
  const visit = (file, way) => {
    if (way.includes(file)) found.push(`A circle: ${[...way.slice(way.indexOf(file)), file].join(' → ')}`);
    if (way.includes(file) || done.has(file)) return;
    for (const name of sources.imports(file)) {
      const next = name.startsWith('.') ? known.get(resolve(file, name)) : undefined;
      if (next !== undefined) visit(next, [...way, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

module.exports = { roomFaults };
