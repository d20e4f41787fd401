/** @throws {TypeError} for an option that is not a whole number of at least `least` */
export function checkCount(value: number, option: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new TypeError(`Expected \`${option}\` to be a whole number of at least ${least}, got ${String(value)}`)
}
