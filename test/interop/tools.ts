import { spawnSync } from 'node:child_process'
import { beforeAll, describe } from 'vitest'

/** The Python modules that compare.py needs. */
export const COMPARATOR_MODULES = ['pydicom', 'numpy', 'PIL', 'libjpeg', 'openjpeg', 'rle'] as const

interface Requirements {
  readonly commands?: readonly string[]
  readonly pythonModules?: readonly string[]
  /** Why the tests cannot run for a reason that CI does not have to mend. */
  readonly excuse?: string | undefined
}

/**
 * A `describe` of tests that need programs which are not ours. Without them it is skipped with the reason printed;
 * where `CI` is set it fails instead, because there they are installed by test/tools/install.sh.
 */
export function describeWith(title: string, requirements: Requirements, tests: () => void): void {
  const missing = requirements.excuse === undefined ? missingTools(requirements) : []
  const reason = requirements.excuse ?? (missing.length > 0 ? `${missing.join(', ')} not found` : undefined)
  if (reason === undefined) {
    describe(title, tests)
    return
  }
  const mustRun = missing.length > 0 && process.env['CI'] !== undefined
  console.warn(`${mustRun ? 'Failed' : 'Skipped'}: ${title}: ${reason}`)
  describe.skipIf(!mustRun)(title, () => {
    beforeAll(() => {
      throw new Error(`Cannot run "${title}": ${reason}; run test/tools/install.sh`)
    })
    tests()
  })
}

function missingTools({ commands = [], pythonModules = [] }: Requirements): string[] {
  const missing = commands.filter((command) => !isInstalled(command))
  const code = `import importlib.util as u; print(*[m for m in ${JSON.stringify(pythonModules)} if not u.find_spec(m)])`
  const python = spawnSync('python3', ['-c', code], { encoding: 'utf8' })
  if (python.status !== 0) return [...missing, 'python3']
  return [...missing, ...python.stdout.split(/\s+/).filter((name) => name !== '')]
}

function isInstalled(command: string): boolean {
  const { error } = spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 10_000 })
  return error === undefined
}
