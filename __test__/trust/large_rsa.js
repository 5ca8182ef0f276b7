'use strict';

const { createPrivateKey, createPublicKey, generatePrimeSync } = require('node:crypto');

/** RSA with more bits than anybody uses. Two primes of that size take half a minute to find, eight small ones no time. */

const EXPONENT = 65_537n;
const FACTORS = 4;

/**
 * @param {number} bits A multiple of 8.
 * @returns {import('../../gateway/certificates/keys').KeyPair}
 */
function largeRsaKeys(bits) {
  const [p, q] = [half(bits / 2), half(bits / 2)];
  const d = inverse(EXPONENT, p.order * q.order);
  const numbers = {
    n: p.value * q.value,
    e: EXPONENT,
    d,
    p: p.value,
    q: q.value,
    dp: d % p.order,
    dq: d % q.order,
    qi: inverse(q.value, p.value),
  };
  const fields = Object.entries(numbers).map(([name, value]) => [name, base64url(value)]);
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(fields) }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** A product of primes in the place of a prime, and the order of its group. */
function half(bits) {
  const primes = Array.from({ length: FACTORS }, () =>
    generatePrimeSync(bits / FACTORS + 1, { bigint: true }),
  );
  return {
    value: primes.reduce((product, prime) => product * prime),
    order: primes.reduce((product, prime) => product * (prime - 1n), 1n),
  };
}

/** By Euclid's algorithm. */
function inverse(value, modulus) {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  if (a !== 1n) throw new RangeError('no inverse: make other keys');
  return ((x % modulus) + modulus) % modulus;
}

function base64url(number) {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
}

module.exports = { largeRsaKeys };
