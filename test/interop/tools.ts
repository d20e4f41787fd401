import { spawnSync } from 'node:child_process'

/** The Python modules that compare.py needs. */
export const COMPARATOR_MODULES = ['pydicom', 'numpy', 'PIL', 'libjpeg', 'openjpeg', 'rle', 'imagecodecs'] as const

/** The Python modules that write generated objects. */
export const GENERATING_MODULES = ['highdicom', 'imagecodecs', 'PIL', 'numpy', 'pydicom'] as const

/** The programs that write generated objects, beside Python's. */
export const GENERATING_PROGRAMS = [
  'cda2dcm',
  'dcmcjpeg',
  'dcmcjpls',
  'dcmcrle',
  'dsr2xml',
  'gdcmconv',
  'pdf2dcm',
  'stl2dcm',
  'xml2dsr',
] as const

/** Programs and modules that tests need and the project does not contain. */
export interface Requirements {
  readonly commands?: readonly string[]
  readonly pythonModules?: readonly string[]
  /** Why the tests cannot run for a reason that CI does not have to mend. */
  readonly excuse?: string | undefined
}

/**
 * Whether tests have to be skipped, with the reason printed.
 * @throws {Error} where `CI` is set and a tool is missing: there test/tools/install.sh has installed it
 */
export function mustSkip(what: string, requirements: Requirements): boolean {
  const reason = requirements.excuse ?? missingTools(requirements)
  if (reason === undefined) return false
  if (requirements.excuse === undefined && process.env['CI'] !== undefined) {
    throw new Error(`Cannot test ${what}: ${reason}; run test/tools/install.sh`)
  }
  console.warn(`Skipped: ${what}: ${reason}`)
  return true
}

function missingTools({ commands = [], pythonModules = [] }: Requirements): string | undefined {
  const missing = [...commands.filter((command) => !isInstalled(command)), ...missingModules(pythonModules)]
  return missing.length === 0 ? undefined : `${missing.join(', ')} not found`
}

function missingModules(modules: readonly string[]): string[] {
  const code = `import importlib.util as u; print(*[m for m in ${JSON.stringify(modules)} if not u.find_spec(m)])`
  const python = spawnSync('python3', ['-c', code], { encoding: 'utf8' })
  if (python.status !== 0) return ['python3']
  return python.stdout.split(/\s+/).filter((name) => name !== '')
}

function isInstalled(command: string): boolean {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 10_000 })
  return error === undefined
}
