import type { Command } from 'commander'
import { findCommand } from '../command-path.ts'
import { UsageError } from '../errors.ts'
import { helpWidth } from '../help/help-length.ts'
import { helpTopics } from '../help/topics.ts'
import { wrapText } from '../wrap-text.ts'
import { addCommand } from './add-command.ts'

const topicNames = Object.keys(helpTopics).join(', ')

const examples = `Examples:
  ahi-dicom help exit-codes
  ahi-dicom help export
  ahi-dicom help fleet submit`

/** Adds the command `help`, which shows the help of a command or of a topic. */
export function addHelp(program: Command): void {
  addCommand(program, 'help', `Show the help of a command or of a topic: ${topicNames}.`, examples)
    .argument('[topic...]', 'name of a command or a topic')
    .action((topics: readonly string[]) => {
      const command = findCommand(program, topics)
      if (command !== undefined) return command.outputHelp()
      const topic = topics.join(' ')
      const text = helpTopics[topic]
      if (text === undefined) {
        throw new UsageError(`Cannot find the help topic '${topic}': give a command, or one of ${topicNames}`)
      }
      program.configureOutput().writeOut?.(`${wrapText(text, helpWidth(program))}\n`)
    })
}
