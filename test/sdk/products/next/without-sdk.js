/** What the product imports if it is built without the SDK. */
export const startBusinessEvents = () => undefined;
export const recordBusinessEvent = () => undefined;
export const businessEventsStatus = () => ({ sending: null });
export const withBusinessContext = (_attributes, run) => run();
