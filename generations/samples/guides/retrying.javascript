const LATER = [429, 500, 503];

async function generate(body, { order, tries = 5 }) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch("https://roomai.com/api/v1/generate", {
      method: "POST",
      headers: {
        "Authorization": "Bearer rai_test_your_api_key",
        "Content-Type": "application/json",
        "Idempotency-Key": order,
      },
      body: JSON.stringify(body),
    }).catch(() => null); // the connection broke: nobody knows how far the call came

    const again = response === null || LATER.includes(response.status);
    if (response && (!again || attempt === tries)) return response.json();
    if (attempt === tries) throw new Error("No answer");
    const asked = Number(response?.headers.get("Retry-After"));
    await new Promise((wake) => setTimeout(wake, 1000 * (asked || 2 ** attempt)));
  }
}

const data = await generate(
  {
    model: "changebg",
    image: "https://example.com/furniture-photo.jpg",
    prompt: "a bright minimalist showroom with white walls and natural light",
  },
  { order: "order-7421" },
);
console.log(data.status === "success" ? data.result.image_url : data.error?.message ?? data.status_url);
