import type { PresentationDataValue } from '../pdu/pdu.ts'
import { commandNumber, commandTags, decodeCommandSet, noDataSet, type CommandSet } from './command-set.ts'
import { MalformedMessageError } from './malformed-message-error.ts'

/** Assembles the commands of the peer from presentation data values. */
export interface CommandReader {
  /**
   * Adds the next value. Returns the command set if the value completes it.
   *
   * @throws {MalformedMessageError} if the value is not part of a command, or belongs to a data set, which responses to
   * C-STORE and C-ECHO do not have
   */
  add(value: PresentationDataValue): CommandSet | undefined
}

/** Longest command set. Responses are far shorter, even with Error Comment and lists of tags. */
const longestCommandSet = 64 * 1024

/** Creates a reader that holds at most 64 KiB. */
export function createCommandReader(): CommandReader {
  let parts: Uint8Array[] = []
  let byteLength = 0
  return {
    add({ isCommand, isLast, bytes }) {
      if (!isCommand) throw new MalformedMessageError('it sends a data set that was not requested')
      byteLength += bytes.byteLength
      if (byteLength > longestCommandSet) throw new MalformedMessageError('its command set is too long')
      parts.push(bytes.slice())
      if (!isLast) return undefined
      const commandSet = decodeCommandSet(Buffer.concat(parts))
      parts = []
      byteLength = 0
      if (commandNumber(commandSet, commandTags.dataSetType) !== noDataSet) {
        throw new MalformedMessageError('it announces a data set that was not requested')
      }
      return commandSet
    },
  }
}
