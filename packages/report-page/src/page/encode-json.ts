/**
 * Returns JSON for a script element that no browser runs. Nothing in it can end the element or begin a comment: `<`, `>` and
 * `&` are escaped. So are line separators and control characters, which editors and terminals take for something else.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u007f-\u009f\u2028\u2029]/gu, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
