// @ts-check
'use strict';

/**
 * What a CA permits of names (RFC 5280 §4.2.1.10), which Node does not tell. For the words of a finding only: the verdict
 * is the verifier's.
 */

/** DER of the identifier 2.5.29.30. */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');
const BOOLEAN = 0x01;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;
/** `permittedSubtrees`, and in it a dNSName. */
const PERMITTED = 0xa0;
const DNS_NAME = 0x82;

/**
 * @param {Buffer} der Of a certificate.
 * @returns {{ permitted: string[] } | undefined} The DNS names it permits below itself; `undefined`: it limits nothing.
 */
function nameConstraintsOf(der) {
  const at = der.indexOf(NAME_CONSTRAINTS);
  if (at === -1) return undefined;
  const [first, second] = elementsOf(der.subarray(at + NAME_CONSTRAINTS.length));
  const value = first?.tag === BOOLEAN ? second : first;
  if (value?.tag !== OCTET_STRING) return undefined;
  const [list] = elementsOf(value.content);
  const parts = list?.tag === SEQUENCE ? elementsOf(list.content) : [];
  const subtrees = parts.filter(({ tag }) => tag === PERMITTED).flatMap(({ content }) => elementsOf(content));
  const names = subtrees.flatMap(({ content }) => elementsOf(content)).filter(({ tag }) => tag === DNS_NAME);
  return { permitted: names.map(({ content }) => content.toString('latin1')) };
}

/**
 * @param {Buffer} bytes
 * @returns {{ tag: number, content: Buffer }[]} As far as they are whole.
 */
function elementsOf(bytes) {
  const found = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const first = bytes[at + 1];
    const digits = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + digits;
    if (digits > 4 || start > bytes.length) break;
    const length = digits === 0 ? first & 0x7f : bytes.readUIntBE(at + 2, digits);
    if (start + length > bytes.length) break;
    found.push({ tag: bytes[at], content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

module.exports = { nameConstraintsOf };
