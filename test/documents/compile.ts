import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const compiler = join(root, 'node_modules/typescript/bin/tsc')

/** TypeScript uses the options of the sources. JavaScript has no types of parameters, and no `!` after an index. */
const options = {
  ts: { noUnusedLocals: false, noUnusedParameters: false, noPropertyAccessFromIndexSignature: false },
  js: {
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    noUncheckedIndexedAccess: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
    exactOptionalPropertyTypes: false,
  },
}

/** Compiles the modules of a folder with the sources of the packages. Returns the compiler's messages. */
export function compile(folder: string, language: 'js' | 'ts'): string[] {
  const project = join(folder, `tsconfig.${language}.json`)
  const include = [`**/*.${language}`, 'names.d.ts', 'modules.d.ts']
  const compilerOptions = { ...options[language], lib: ['ES2024', 'ESNext.Disposable', 'DOM'] }
  writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include }))
  // With FORCE_COLOR, even 0, the compiler colours the paths that are compared below, unless `pretty` is false.
  const { stdout, status, error } = spawnSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (error !== undefined) throw error
  // `npm run types` reports errors in sources. The options for JavaScript do not suit them.
  const messages = stdout.split(/\n(?=\S)/).filter((message) => message.trim() !== '' && !message.startsWith('..'))
  if (status !== 0 && stdout === '') throw new Error(`The compiler ended with ${status}`)
  return messages
}
