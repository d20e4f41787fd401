import type { StartTimer } from '../contract.ts'

/** See {@link StartTimer}. */
export const startTimer: StartTimer = (call, milliseconds) => {
  const timer = setTimeout(call, milliseconds)
  return () => clearTimeout(timer)
}
