import {
  ReflectionKind,
  ReflectionType,
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  type SomeType,
} from 'typedoc'

/**
 * Returns the public functions and classes without an `@example`, as `MODULE NAME`. Classes of errors need none: programs
 * catch them, and the README of a package lists them.
 */
export function findFunctionsWithoutExample(project: ProjectReflection): string[] {
  return project
    .getReflectionsByKind(ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Variable)
    .filter((reflection): reflection is DeclarationReflection => reflection.isDeclaration())
    .filter(({ parent }) => parent?.kindOf(ReflectionKind.Module) === true)
    .filter((reflection) => !isErrorClass(reflection) && !isValue(reflection))
    .filter((reflection) => !commentsOf(reflection).some(hasExample))
    .map(({ parent, name }) => `${parent?.name} ${name}`)
    .sort()
}

function isErrorClass({ name, kind }: DeclarationReflection): boolean {
  return kind === ReflectionKind.Class && name.endsWith('Error')
}

/** Returns whether a variable holds something else than a function. */
function isValue({ kind, type }: DeclarationReflection): boolean {
  return kind === ReflectionKind.Variable && !isFunctionType(type)
}

function isFunctionType(type: SomeType | undefined): boolean {
  if (type instanceof ReflectionType) return type.declaration.signatures !== undefined
  if (type?.type !== 'reference') return false
  const { reflection } = type
  return reflection?.isDeclaration() === true && isFunctionType(reflection.type)
}

function commentsOf({ comment, signatures = [] }: DeclarationReflection): Comment[] {
  return [comment, ...signatures.map((signature) => signature.comment)].flatMap((found) => found ?? [])
}

function hasExample({ blockTags }: Comment): boolean {
  return blockTags.some(({ tag }) => tag === '@example')
}
