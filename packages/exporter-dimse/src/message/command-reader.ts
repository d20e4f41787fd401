import type { PresentationDataValue } from '../pdu/pdu.ts'
import { commandNumber, commandTags, decodeCommandSet, noDataSet, type CommandSet } from './command-set.ts'
import { MalformedMessageError } from './malformed-message-error.ts'

/** Puts the commands of the peer together from presentation data values. */
export interface CommandReader {
  /**
   * Takes the next value, and returns the command set that it completes.
   *
   * @throws {MalformedMessageError} for a data set, which no answer to C-STORE or C-ECHO has, and for what is no command
   */
  add(value: PresentationDataValue): CommandSet | undefined
}

/** Far longer than any command set of an answer, Error Comment and lists of tags included. */
const longestCommandSet = 64 * 1024

/** Makes a reader that holds 64 KiB at most. */
export function createCommandReader(): CommandReader {
  let parts: Uint8Array[] = []
  let byteLength = 0
  return {
    add({ isCommand, isLast, bytes }) {
      if (!isCommand) throw new MalformedMessageError('it sends a data set, and nothing has asked for one')
      byteLength += bytes.byteLength
      if (byteLength > longestCommandSet) throw new MalformedMessageError('it sends a command set that does not end')
      parts.push(bytes.slice())
      if (!isLast) return undefined
      const commandSet = decodeCommandSet(Buffer.concat(parts))
      parts = []
      byteLength = 0
      if (commandNumber(commandSet, commandTags.dataSetType) !== noDataSet) {
        throw new MalformedMessageError('it announces a data set, and nothing has asked for one')
      }
      return commandSet
    },
  }
}
