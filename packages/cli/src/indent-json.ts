/**
 * Returns a JSON text indented by two spaces, its tokens unchanged: numbers that a double cannot hold stay as they are.
 */
export function indentJson(json: string): string {
  let depth = 0
  let indented = ''
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') indented += token + newLine(++depth)
    else if (token === '}' || token === ']') indented += newLine(--depth) + token
    else if (token === ',') indented += token + newLine(depth)
    else if (token === ':') indented += ': '
    else indented += token.replaceAll(/^([{[])\s+/g, '$1')
  }
  return indented
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}
