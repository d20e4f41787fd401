import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completionScript, shells, type Shell } from '../src/completion/completion-script.ts'
import { programForTests } from './support/program.ts'
import { runCli } from './support/run-cli.ts'

const program = programForTests()
const commands = program.commands.map((command) => command.name())
const fleetCommands =
  program.commands.find((command) => command.name() === 'fleet')?.commands.map((command) => command.name()) ?? []
const scripts = new Map<Shell, string>()
/** A working folder with `folder one`, `file.dcm` and `faults.json`. */
let place: string

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'ahi-dicom-completion-'))
  await mkdir(join(place, 'folder one'))
  for (const name of ['file.dcm', 'faults.json']) await writeFile(join(place, name), '')
  for (const shell of shells) {
    scripts.set(shell, join(place, `completion.${shell}`))
    await writeFile(join(place, `completion.${shell}`), completionScript(program, shell))
  }
})

afterAll(() => rm(place, { recursive: true, force: true }))

/** Returns why the tests of a shell are skipped, or undefined. In CI, throws if the shell is missing. */
function whyNot(shell: Shell): string | undefined {
  if (spawnSync(shell, ['--version']).error === undefined) return undefined
  if (process.env['CI'] !== undefined) throw new Error(`Cannot find ${shell}: test/tools/install.sh installs it`)
  return `${shell} is not installed`
}

function ask(shell: Shell, args: readonly string[]): string {
  const { PATH = '' } = process.env
  return execFileSync(shell, args, {
    cwd: place,
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH, HOME: place, TERM: 'xterm' },
  })
}

/** Returns the completions that bash offers for a line, split into words as readline does. */
function offeredByBash(line: string): string[] {
  const words = line.split(/(=)| /).filter((word) => word !== undefined && (word !== '' || line.endsWith(' ')))
  if (line.endsWith('=')) words.push('')
  const list = words.map((word) => `'${word}'`).join(' ')
  const script = `source ${scripts.get('bash')}; COMP_WORDS=(${list}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ahi_dicom; printf '%s\\n' "\${COMPREPLY[@]}"`
  return linesOf(ask('bash', ['--norc', '-c', script]))
}

function offeredByFish(line: string): string[] {
  const output = ask('fish', ['--no-config', '-c', `source ${scripts.get('fish')}; complete -C '${line}'`])
  return linesOf(output).map((offer) => offer.split('\t')[0] ?? '')
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** Lines to complete, with the exact completions that are expected. */
const lines: [string, string[]][] = [
  ['ahi-dicom exp', ['export']],
  ['ahi-dicom --json sea', ['search']],
  ['ahi-dicom export --transfer-sy', ['--transfer-syntax']],
  ['ahi-dicom export --transfer-syntax s', ['stored']],
  ['ahi-dicom search --log-level ', ['error', 'warn', 'info', 'debug']],
  ['ahi-dicom --log-format j', ['json']],
  ['ahi-dicom --log-level warn exp', ['export']],
  ['ahi-dicom export --datastore-i', ['--datastore-id']],
  ['ahi-dicom search --updated-s', ['--updated-since']],
  ['ahi-dicom verify --transfer-sy', []],
  ['ahi-dicom completion ', ['bash', 'zsh', 'fish']],
  ['ahi-dicom help exi', ['exit-codes']],
  ['ahi-dicom help exp', ['export']],
  ['ahi-dicom metadata ', []],
  ['ahi-dicom export --window ', []],
  ['ahi-dicom fleet sub', ['submit']],
  ['ahi-dicom fleet submit --transfer-sy', ['--transfer-syntax']],
  ['ahi-dicom fleet submit --transfer-syntax s', ['stored']],
  ['ahi-dicom fleet work --redis-pre', ['--redis-prefix']],
  ['ahi-dicom fleet status --log-l', ['--log-level']],
  ['ahi-dicom fleet report --transfer-sy', []],
]

describe.skipIf(whyNot('bash'))('bash', () => {
  test.each(lines)('completes %s', (line, expected) => {
    expect(offeredByBash(line).sort()).toEqual(expected.toSorted())
  })

  test.each<[string, string[]]>([
    ['ahi-dicom ', commands],
    ['ahi-dicom export --transfer-syntax=', ['explicit', 'stored']],
    ['ahi-dicom export --transfer-syntax=s', ['stored']],
    ['ahi-dicom --profile search exp', ['export']],
    ['ahi-dicom fleet --redis work sta', ['status']],
    ['ahi-dicom fleet ', fleetCommands],
    ['ahi-dicom export --out fo', ['folder one']],
    ['ahi-dicom verify f', ['folder one']],
    ['ahi-dicom emulate --faults fa', ['faults.json']],
    ['ahi-dicom emulate --import fi', ['file.dcm']],
  ])('completes %s', (line, expected) => {
    expect(offeredByBash(line).sort()).toEqual(expected.toSorted())
  })

  test('registers itself', () => {
    const script = `source ${scripts.get('bash')}; complete -p ahi-dicom`
    expect(ask('bash', ['--norc', '-c', script])).toBe('complete -F _ahi_dicom ahi-dicom\n')
  })

  test.each(commands)('offers all options of %s', (name) => {
    const command = program.commands.find((known) => known.name() === name)
    const shown = [...(command?.options ?? []), ...program.options].filter(({ hidden }) => !hidden)
    const options = shown.flatMap(({ long }) => long ?? [])
    expect(offeredByBash(`ahi-dicom ${name} --`)).toEqual(expect.arrayContaining([...options, '--help']))
  })
})

describe.skipIf(whyNot('fish'))('fish', () => {
  test.each(lines)('completes %s', (line, expected) => {
    expect(offeredByFish(line).sort()).toEqual(expected.toSorted())
  })

  test('completes folders and files', () => {
    expect(offeredByFish('ahi-dicom export --out fo')).toEqual(['folder one/'])
    expect(offeredByFish('ahi-dicom emulate --faults fa')).toEqual(['faults.json'])
  })
})

/** Types lines with a Tab at the end into a shell. Its `ahi-dicom` prints the arguments. */
function completedByZsh(typed: readonly string[]): string[] {
  const script = `
    zmodload zsh/zpty
    zpty -b shell 'TERM=dumb zsh -f -i'
    wait_for() {
      local output= chunk i
      for ((i = 0; i < 100; i++)); do
        if zpty -r -t shell chunk; then output+=$chunk; else sleep 0.05; fi
        [[ $output == *$1* ]] && break
      done
      print -r -- "$output"
    }
    zpty -w shell 'PROMPT=; autoload -Uz compinit; compinit -u -D; source ${scripts.get('zsh')}; ahi-dicom() { print -r -- "ran:" "\${(@q)@}" "(end)" }; print rea""dy:'
    wait_for ready: > /dev/null
    for line in ${typed.map((line) => `'${line}'`).join(' ')}; do
      zpty -w -n shell "$line"$'\\t'
      sleep 0.2
      zpty -w -n shell $'\\r'
      wait_for '(end)'
    done
    zpty -d shell`
  const output = ask('zsh', ['-f', '-c', script])
  return Array.from(output.matchAll(/ran: (.*?) \(end\)\r?\n/g), ([, args = '']) => args)
}

describe.skipIf(whyNot('zsh'))('zsh', () => {
  test('completes commands, options, their values, folders and files', () => {
    const typed: readonly (readonly [string, string])[] = [
      ['ahi-dicom exp', 'export'],
      ['ahi-dicom datastores --no-prog', 'datastores --no-progress'],
      ['ahi-dicom series --no-prog', 'series --no-progress'],
      ['ahi-dicom export --no-prog', 'export --no-progress'],
      ['ahi-dicom search --no-prog', 'search --no-progress'],
      ['ahi-dicom search 1.2 --modal', 'search 1.2 --modality'],
      ['ahi-dicom export 1.2/3 4.5 --modal', 'export 1.2/3 4.5 --modality'],
      ['ahi-dicom diff fo', 'diff folder\\ one'],
      ['ahi-dicom export --transfer-syntax=st', 'export --transfer-syntax=stored'],
      ['ahi-dicom export --transfer-syntax st', 'export --transfer-syntax stored'],
      ['ahi-dicom search --log-format j', 'search --log-format json'],
      ['ahi-dicom help exi', 'help exit-codes'],
      ['ahi-dicom fleet wor', 'fleet work'],
      ['ahi-dicom fleet submit --transfer-syntax st', 'fleet submit --transfer-syntax stored'],
      ['ahi-dicom fleet work --redis-pre', 'fleet work --redis-prefix'],
      ['ahi-dicom completion f', 'completion fish'],
      ['ahi-dicom export --out fo', 'export --out folder\\ one'],
      ['ahi-dicom emulate --faults fa', 'emulate --faults faults.json'],
    ]
    expect(completedByZsh(typed.map(([line]) => line))).toEqual(typed.map(([, completed]) => completed))
  })
})

test('the command prints the scripts', async () => {
  for (const shell of shells) {
    const { exitCode, stdout, stderr } = await runCli(['completion', shell])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(completionScript(program, shell))
  }
  expect(await runCli(['completion', 'tcsh'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('zsh') })
})
