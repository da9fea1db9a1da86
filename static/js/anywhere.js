// A picture pasted, or dropped anywhere in the window, goes to the stage.
export function anywhere(zone, hand) {
  addEventListener("paste", (event) => hand(event.clipboardData?.files ?? []));
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? delete zone.dataset.over);
  addEventListener("drop", (event) => {
    delete zone.dataset.over;
    // A file dropped on the field for the background belongs there.
    if (event.target.closest?.('input[type="file"], [data-backdrop]') || !event.dataTransfer.files.length) return;
    event.preventDefault();
    hand(event.dataTransfer.files);
  });
}
