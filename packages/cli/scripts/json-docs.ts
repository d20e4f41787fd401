/** The parts of JSON Schema that the files in `schemas` use. */
export interface Schema {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
}

const head = `# JSON

The command writes JSON in three places: lines on standard output with \`--json\`, lines on standard error with
\`--log-format json\`, and the files of the record in the folder of an export. This page is generated from the JSON Schemas in
[packages/cli/schemas](../packages/cli/schemas), which are part of the package. Tests check the command's output against them.

Each line on standard output and standard error has \`schemaVersion\` as its first member. In a folder, \`export.json\` has it for
all files of the record. The version changes if a member is removed or changes its meaning. New members may be added without
a new version, so programs must ignore unknown members.

\`metadata\` prints AHI's own document, which has its own \`SchemaVersion\`. Members with "?" may be absent.
`

/** Returns the page about all schemas, by the names of their files. */
export function jsonDocs(schemas: ReadonlyMap<string, Schema>): string {
  return [head, ...[...schemas].map(([file, schema]) => section(file, schema))].join('\n')
}

function section(file: string, { title = '', description = '', ...schema }: Schema): string {
  const forms: readonly Schema[] = schema.anyOf ?? [schema]
  const tables = forms.map(
    (form) => `${form.description === undefined ? '' : `${form.description}:\n\n`}${table(form)}`,
  )
  return `## ${title}\n\n${description} Schema: [${file}](../packages/cli/schemas/${file}).\n\n${tables.join('\n')}`
}

function table(schema: Schema): string {
  const rows = rowsOf(schema, '').map((cells) => `| ${cells.join(' | ')} |\n`)
  return `| member | type | |\n| --- | --- | --- |\n${rows.join('')}`
}

function rowsOf({ properties = {}, required = [] }: Schema, above: string): string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    const row = [`\`${above}${name}\`${mark}`, typeOf(schema), schema.description ?? '']
    return [row, ...rowsOf(schema, `${above}${name}.`), ...rowsOf(schema.items ?? {}, `${above}${name}[].`)]
  })
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(', or ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  return schema.type ?? 'any'
}
