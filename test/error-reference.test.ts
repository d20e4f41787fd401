import { expect, test } from 'vitest'
import { errorReference } from './error-reference.ts'

const page = new URL('../docs/reference/errors.md', import.meta.url)

test('docs/reference/errors.md has all codes; `npx vitest run --config test/vitest.config.ts --update` writes it anew', async () => {
  await expect(errorReference()).toMatchFileSnapshot(page.pathname)
})
