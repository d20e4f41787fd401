/** A source of numbers that a seed decides: the same on every platform. */
export interface Random {
  /** Evenly distributed from 0 up to, not including, 1. */
  next(): number
  /** Evenly distributed between two bounds. */
  between(least: number, greatest: number): number
  /** Normally distributed, mean 0, standard deviation 1. */
  gaussian(): number
}

/** Makes a generator (xorshift with 32 bits of state, after Marsaglia 2003). */
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
    // Box and Muller; the logarithm's argument is never 0.
    gaussian: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}
