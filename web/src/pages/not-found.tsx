/** For an address that means nothing. */
import { OVERVIEW } from '../api/routes.js';
import { Empty, PageTitle, useTitle } from '../ui/parts.js';

export function NotFoundPage() {
  useTitle('Page not found');
  return (
    <>
      <PageTitle>Page not found</PageTitle>
      <Empty title="There is no page at this address">
        Try the search, or go to the <a href={OVERVIEW}>overview</a>.
      </Empty>
    </>
  );
}
