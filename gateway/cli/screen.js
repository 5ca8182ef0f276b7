// @ts-check
'use strict';

const { legible } = require('../encoding/legible');

/**
 * @typedef {import('./colors').Color} Color
 * @typedef {import('./colors').Paint} Paint
 *
 * A piece of a line, and the line. Whatever a piece contains, it stays on its line and in its place.
 * @typedef {string | { text: string, color: Color }} Piece
 * @typedef {Piece | Piece[]} Line
 */

/** All that people are shown goes through here, so that nothing a device sends reaches the terminal as it is. */
class Screen {
  #write;
  #paint;

  /**
   * @param {(text: string) => void} write
   * @param {Paint} paint
   */
  constructor(write, paint) {
    this.#write = write;
    this.#paint = paint;
  }

  /**
   * @param {...Line} lines
   */
  print(...lines) {
    this.#write(
      lines
        .map(
          (line) =>
            `${[line]
              .flat()
              .map((piece) => this.#shown(piece))
              .join('')}\n`,
        )
        .join(''),
    );
  }

  /**
   * @param {Piece} piece
   */
  #shown(piece) {
    return typeof piece === 'string' ? legible(piece) : this.#paint(piece.color, legible(piece.text));
  }
}

module.exports = { Screen };
