import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, type ProjectReflection } from 'typedoc'
import { listEntryPoints, type EntryPoint } from './entry-points.ts'
import { findFunctionsWithoutExample } from './missing-examples.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const repository = 'https://github.com/ahi-dicom/ahi-dicom'

/**
 * Writes the pages of all entry points to a folder.
 *
 * @returns problems of the doc comments, a sentence each. TypeDoc logs its own warnings, which count as one problem
 */
export async function buildPages(folder: string): Promise<string[]> {
  const entryPoints = listEntryPoints()
  const app = await Application.bootstrap({
    name: 'ahi-dicom',
    readme: fileURLToPath(new URL('README.md', import.meta.url)),
    tsconfig: `${root}tsconfig.json`,
    entryPoints: entryPoints.map(({ path }) => path),
    // `npm run types` reports errors of types, with the compiler of the repository.
    skipErrorChecking: true,
    excludeInternal: true,
    includeHierarchySummary: false,
    disableGit: true,
    basePath: root,
    sourceLinkTemplate: `${repository}/blob/main/{path}#L{line}`,
    navigationLinks: { GitHub: repository },
  })
  const project = await app.convert()
  if (project === undefined) return ['TypeDoc cannot read the sources.']
  nameModules(project, entryPoints)
  app.validate(project)
  await app.generateDocs(project, folder)
  const problems = findFunctionsWithoutExample(project).map((name) => `${name} has no @example in its doc comment.`)
  if (app.logger.hasWarnings() || app.logger.hasErrors()) problems.push('TypeDoc has warnings, see above.')
  return problems
}

/** Names each module by its specifier. TypeDoc names it by its path, without `index.ts`. */
function nameModules(project: ProjectReflection, entryPoints: readonly EntryPoint[]): void {
  const specifiers = new Map(entryPoints.map(({ path, specifier }) => [moduleName(path), specifier]))
  for (const module of project.children ?? []) module.name = specifiers.get(module.name) ?? module.name
}

function moduleName(path: string): string {
  return relative(root, path).replace(/(?:\/index)?\.ts$/, '')
}
