const photo = await fetch("https://roomai.com/static/img/samples/sofa-beige.jpg");

const form = new FormData();
form.append("model", "changebg");
form.append("image", await photo.blob(), "sofa-beige.jpg");
form.append("prompt", "a sunlit modern living room with a wooden floor and a plant");

const response = await fetch("https://roomai.com/api/v1/generate", {
  method: "POST",
  headers: { "Authorization": "Bearer rai_test_your_api_key" },
  body: form,
});

const data = await response.json();
console.log(data.status === "success" ? data.result.image_url : data.error.message);
