/** Returns a number of bytes in decimal units with three significant digits, such as `47.2 MB`. */
export function formatBytes(byteLength: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = byteLength
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** Returns a duration in the two largest units that matter, such as `1 h 02 min` or `3.4 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours} h ${pad(minutes)} min`
  return `${minutes} min ${pad(whole % 60)} s`
}

/** Returns a count with its noun in singular or plural: `1 frame`, `1,234 frames`. */
export function formatCount(count: number, noun: string): string {
  const plural = count === 1 || noun.endsWith('s') ? noun : `${noun}s`
  return `${count.toLocaleString('en-US')} ${plural}`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
