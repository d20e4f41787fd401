import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import type { Host } from '@ahi-dicom/cli'

/** A process that remembers its output. */
export interface HostDouble extends Host {
  readonly signals: EventEmitter
  /** Text on standard error. */
  readonly said: () => string
  /** Text on standard output. */
  readonly printed: () => string
  /** Exit codes that the command asked for. */
  readonly exits: readonly number[]
}

/** Returns a process without a terminal. */
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
