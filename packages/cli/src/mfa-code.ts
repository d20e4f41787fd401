import { createInterface } from 'node:readline'
import type { Terminal } from './terminal.ts'

/**
 * Asks on the terminal for the code of an MFA device. The typed code is not shown.
 *
 * @throws {Error} if standard input is no terminal
 */
export async function askMfaCode(
  mfaSerial: string,
  { stdin, message }: Terminal,
  signal: AbortSignal,
): Promise<string> {
  if (!('isTTY' in stdin) || stdin.isTTY !== true) {
    throw new Error(`the role needs a code of the MFA device ${mfaSerial}, but standard input is not a terminal`)
  }
  message(`code of the MFA device ${mfaSerial}: `)
  // Without an output, readline echoes nothing.
  const lines = createInterface({ input: stdin, terminal: true })
  try {
    return await nextLine(lines, signal)
  } finally {
    lines.close()
    message('\n')
  }
}

async function nextLine(lines: ReturnType<typeof createInterface>, signal: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    signal.throwIfAborted()
    lines.once('line', (line) => resolve(line.trim()))
    lines.once('close', () => reject(new Error('no MFA code was given')))
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    // In raw mode the terminal sends Ctrl-C as a character.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  })
}
