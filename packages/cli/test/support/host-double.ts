import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import type { Host } from '@ahi-dicom/cli'

/** A process that keeps what it says. */
export interface HostDouble extends Host {
  readonly signals: EventEmitter
  /** What it said on standard error. */
  readonly said: () => string
  /** What it printed on standard output. */
  readonly printed: () => string
  /** Codes that it was told to exit with. */
  readonly exits: readonly number[]
}

/** Makes a process without a terminal. */
export function hostDouble(stdin: Readable = Readable.from([])): HostDouble {
  let text = ''
  let output = ''
  const exits: number[] = []
  return {
    terminal: {
      stdin,
      outputColumns: undefined,
      messageColumns: () => undefined,
      async print(printed) {
        output += Buffer.from(printed).toString()
        return true
      },
      message: (line) => void (text += line),
    },
    env: {},
    signals: new EventEmitter(),
    exit: (code) => void exits.push(code),
    said: () => text,
    printed: () => output,
    exits,
  }
}
