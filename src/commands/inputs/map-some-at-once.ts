/**
 * The results of an action for each item, in the order of the items. At most `most` actions run at once, since each
 * may start processes or read many files.
 */
export async function mapSomeAtOnce<Item, Made>(
  items: readonly Item[],
  most: number,
  action: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made = new Map<number, Made>();
  const rest = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of rest) made.set(index, await action(item));
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, work));
  return [...made].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}
