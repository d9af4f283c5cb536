// Prices in pence, as they stand in the window.
export const prices = { lantern: 1250, wick: 35, oil: 480 };

/** The price of an order, with a tenth off from ten pieces of a kind. */
export function total(order) {
  return Object.entries(order).reduce((sum, [item, count]) => {
    const full = (prices[item] ?? 0) * count;
    return sum + (count >= 10 ? Math.round(full * 0.9) : full);
  }, 0);
}
