import { expect, test } from 'vitest'
import { optionsOfCommand as replacements } from '../packages/cli/src/command-words.ts'
import { packages } from './manifests.ts'
import { listSourceStrings, type SourceString } from './source-strings.ts'

/** Options of the command: the strings of its sources that begin with one, such as `--out <dir>`. */
const optionsOfCommand = new Set(listSourceStrings('cli').flatMap(({ text }) => /^--[a-z][a-z0-9-]*/.exec(text) ?? []))

/** Files about the emulator's own command and the AWS CLI. Some of their options have the same names. */
const emulatorCommandFiles = ['main.ts', 'arguments.ts', 'help.ts', 'connection-help.ts']

const libraries = packages.filter(({ folder }) => folder !== 'cli')

test('the options of the command are found', () => {
  expect([...optionsOfCommand]).toEqual(expect.arrayContaining(['--out', '--resume', '--transfer-syntax', '--profile']))
})

test.each(libraries)('$folder names no option of the command', ({ folder }) => {
  const named = listSourceStrings(folder)
    .filter(({ file }) => folder !== 'ahi-emulator' || !emulatorCommandFiles.includes(file))
    .flatMap(namedOptions)
  expect(named).toEqual([])
})

test('every text that the command replaces is in a message of a library', () => {
  // Long messages are concatenated from several strings.
  const messages = libraries.map(({ folder }) => listSourceStrings(folder).map(({ text }) => text)).flat()
  const whole = messages.join('')
  const missing = Object.keys(replacements).filter((text) => !whole.includes(text))
  expect(missing).toEqual([])
})

/** A command line of the AWS CLI in a message, such as `aws sso login --profile`. */
const awsCommand = /\baws (?:[a-z][a-z-]* ){1,2}--profile\b/g

function namedOptions({ path, text }: SourceString): string[] {
  const options = text.replaceAll(awsCommand, '').match(/--[a-z][a-z0-9-]*/g) ?? []
  return options.filter((option) => optionsOfCommand.has(option)).map((option) => `${path}: ${option} in "${text}"`)
}
