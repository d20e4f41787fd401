/** A seeded source of random numbers. A seed gives the same numbers on every platform. */
export interface Random {
  /** Returns a number from 0 up to, but not including, 1, evenly distributed. */
  next(): number
  /** Returns a number between two bounds, evenly distributed. */
  between(least: number, greatest: number): number
  /** Returns a normally distributed number: mean 0, standard deviation 1. */
  gaussian(): number
}

/** Creates a generator: xorshift with 32 bits of state (Marsaglia 2003). */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x6d2b79f5 || 1

  function next(): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }

  return {
    next,
    between: (least, greatest) => least + (greatest - least) * next(),
    // Box-Muller transform. `next()` is below 1, so the logarithm's argument is never 0.
    gaussian: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}
