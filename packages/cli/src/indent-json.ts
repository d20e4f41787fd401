/** Returns JSON indented by two spaces. Tokens stay as they are, so large numbers keep all their digits. */
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
