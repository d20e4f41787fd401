import { readFileSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from '../errors.ts'

/** The content of a configuration file. */
export interface ConfigFile {
  readonly path: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** Name of the configuration file in the working folder. */
const configFileName = 'ahi-dicom.config.json'

/** Returns the configuration files in order of precedence: the file of `--config`, or the working folder's and the user's. */
export function readConfigFiles(option: string | false | undefined, env: NodeJS.ProcessEnv): readonly ConfigFile[] {
  if (option === false) return []
  if (option !== undefined) return [readConfig(resolve(option))]
  return [resolve(configFileName), userConfigPath(env)].flatMap((path) => {
    const text = readIfThere(path)
    return text === undefined ? [] : [parseConfig(path, text)]
  })
}

/** Returns the path of the user's configuration file (XDG Base Directory Specification; on Windows: `APPDATA`). */
function userConfigPath(env: NodeJS.ProcessEnv): string {
  const windows = platform() === 'win32' ? env['APPDATA'] : undefined
  return join(windows || env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'ahi-dicom', 'config.json')
}

function readConfig(path: string): ConfigFile {
  const text = readIfThere(path)
  if (text === undefined) throw unreadable(path, 'there is no such file')
  return parseConfig(path, text)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, code)
  }
}

function parseConfig(path: string, text: string): ConfigFile {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw unreadable(path, 'it is not valid JSON')
  }
  if (isObject(value)) return { path, settings: value }
  throw unreadable(path, 'it must be a JSON object')
}

/** Returns true if a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(path: string, why: string): UsageError {
  return new UsageError(`Cannot read the configuration file ${path}: ${why}; correct it, or give --no-config`)
}
