/**
 * Loaded before the command: two seconds after the start of the process, its clock is stepped by STEP_MS. Timers and
 * performance.now() go on as they are, as they do when an administrator or NTP steps the clock of a machine.
 */
const stepMs = Number(process.env['STEP_MS'])
const steppedAt = Date.now() - process.uptime() * 1000 + 2000
const SystemDate = Date

function now() {
  const time = SystemDate.now()
  return time < steppedAt ? time : time + stepMs
}

globalThis.Date = class extends SystemDate {
  constructor(...parts) {
    if (parts.length === 0) super(now())
    else super(...parts)
  }

  static now() {
    return now()
  }
}
