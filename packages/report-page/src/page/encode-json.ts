/**
 * Returns JSON for a script element that browsers do not run. `<`, `>` and `&` are escaped, so that it cannot end the element
 * or begin a comment. Line separators and control characters are escaped for editors and terminals.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u007f-\u009f\u2028\u2029]/gu, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
