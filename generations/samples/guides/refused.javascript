const response = await fetch("https://roomai.com/api/v1/generate", {
  method: "POST",
  headers: {
    "Authorization": "Bearer rai_test_your_api_key",
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    model: "changebg",
    image: "https://example.com/furniture-photo.jpg",
    format: "gif",
  }),
});

const data = await response.json();

if (data.status === "error") {
  console.error(response.status, data.error.code, data.error.request_id);
  for (const [name, sentences] of Object.entries(data.error.fields ?? {})) {
    console.error(name, ...sentences);
  }
}
